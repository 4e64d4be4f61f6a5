import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.MessageDigest;
import javax.security.sasl.AuthenticationException;
import org.apache.hive.service.auth.PasswdAuthenticationProvider;

/**
 * Lets into the Thrift server of a home who knows its password. The server listens on this machine
 * alone, but other users of the machine reach it too, and it reads and writes as the home's owner.
 */
public class HomeLogin implements PasswdAuthenticationProvider {
    public void Authenticate(String user, String password) throws AuthenticationException {
        byte[] wanted;
        try {
            wanted = Files.readAllBytes(Paths.get(System.getProperty("linernotes.password")));
        } catch (IOException error) {
            throw new AuthenticationException("The file with the password cannot be read.");
        }
        byte[] given = password.getBytes(StandardCharsets.UTF_8);
        if (wanted.length == 0 || !MessageDigest.isEqual(wanted, given)) {
            throw new AuthenticationException("Wrong password.");
        }
    }
}
