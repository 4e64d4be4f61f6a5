"""The closed lists of values for cells of DSR files: DDEX's, and ours for what we send.

The lists are in code because a file must be checkable without the warehouse; a test compares those
of places and currencies with the seeds.
"""

_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
    "BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
    "DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
    "GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
    "KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
    "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
    "SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
    "US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
)
COUNTRIES = frozenset(_COUNTRIES.split())
# ISO 3166-1 and DDEX's additions; our files do not use the numeric TIS codes.
TERRITORIES = COUNTRIES | {"ES-CE", "ES-CN", "ES-ML", "XK", "Worldwide"}
_CURRENCIES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL "
    "BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CYP CZK "
    "DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL "
    "HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT "
    "LAK LBP LKR LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN "
    "MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR ROL RON RSD "
    "RUB RWF SAR SBD SCR SDG SEK SGD SHP SIT SKK SLE SLL SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TND TOP TRL TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV "
    "WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL "
)
CURRENCIES = frozenset(_CURRENCIES.split())
COMMERCIAL_MODELS = frozenset(
    {
        "AdvertisementSupportedModel",
        "AsPerContract",
        "DeviceFeeModel",
        "FreeOfChargeModel",
        "PayAsYouGoModel",
        "PerformanceRoyaltiesModel",
        "RightsClaimModel",
        "SubscriptionModel",
        "Unknown",
        "UserDefined",
    }
)
# The DDEX use types that fit the service's products; none of them is about AI.
USE_TYPES = frozenset(
    {
        "AsPerContract",
        "ContentInfluencedStream",
        "OnDemandStream",
        "Stream",
        "UseForIdentification",
        "UserDefined",
        "UserMakeAvailableLabelProvided",
        "UserMakeAvailableUserProvided",
    }
)
RESOURCE_TYPES = frozenset({"SoundRecording", "Video"})
RIGHTS_TYPES = frozenset(
    {"MakeAvailableRight", "MechanicalRight", "PerformingRight", "UserDefined"}
)

LISTS = {
    "commercial model": COMMERCIAL_MODELS,
    "currency": CURRENCIES,
    "resource type": RESOURCE_TYPES,
    "rights type": RIGHTS_TYPES,
    "territory": TERRITORIES,
    "use type": USE_TYPES,
}
