{#- Half-up `a * b / c` of non-negative whole numbers, exact although `a * b` may exceed 38 digits; null for `c` = 0.
    Long division with `b` in six limbs of four digits: every intermediate stays under `c * 10^4 + a * 10^4`, so `a` and `c` may have
    up to 33 digits and `b` up to 24. The quotient must fit the engine's widest integer. -#}
{% macro mul_div_round(a, b, c) -%}
    {%- set digits, limbs = 4, 6 -%}
    {%- set limb = pow10(digits) -%}
    {%- set state = namespace(
        step="(("
        ~ a
        ~ ") * "
        ~ int_div(b, pow10(digits * (limbs - 1)))
        ~ ")"
    ) -%}
    {%- set steps = [state.step] -%}
    {%- for number in range(limbs - 2, -1, -1) -%}
        {%- set above = (
            int_div(b, pow10(digits * number)) if number else "(" ~ b ~ ")"
        ) -%}
        {%- set state.step = (
            "(("
            ~ state.step
            ~ " % ("
            ~ c
            ~ ")) * "
            ~ limb
            ~ " + ("
            ~ a
            ~ ") * ("
            ~ above
            ~ " % "
            ~ limb
            ~ "))"
        ) -%}
        {%- do steps.append(state.step) -%}
    {%- endfor -%}
    (
        case
            when ({{ c }}) = 0
            then null
            else
                {% for step in steps -%}
                    {{ wide(int_div(step, c)) }}
                    * {{ pow10(digits * (limbs - loop.index)) }}
                    +
                {% endfor -%}
                case
                    when 2 * ({{ state.step }} % ({{ c }})) >= ({{ c }}) then 1 else 0
                end
        end
    )
{%- endmacro %}
