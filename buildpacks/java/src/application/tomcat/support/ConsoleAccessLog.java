package libpack.tomcat;

import java.io.CharArrayWriter;

import org.apache.catalina.valves.AbstractAccessLogValve;

/**
 * Says each request on the standard output. Tomcat's own valve writes to a file, and /dev/stdout cannot be opened
 * everywhere: not by another user than the one whose pipe it is, and not when it is a socket.
 *
 * ConsoleAccessLog.class is made as EndOnFailure.class is.
 */
public final class ConsoleAccessLog extends AbstractAccessLogValve {

    @Override
    protected void log(CharArrayWriter message) {
        System.out.println(message);
    }
}
