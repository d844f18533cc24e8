package libpack.tomcat;

import org.apache.catalina.Container;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;

/**
 * Ends the process when an application or Tomcat itself does not start, so that whoever supervises the container
 * sees it. Tomcat alone would go on, and answer 404.
 *
 * EndOnFailure.class is what javac makes of this file:
 * javac --release 8 -g:none -Xlint:-options -cp "apache-tomcat-9/lib/*:apache-tomcat-9/bin/*" EndOnFailure.java
 */
public final class EndOnFailure implements LifecycleListener {

    private boolean started;

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        Lifecycle source = event.getLifecycle();
        boolean hasStarted = Lifecycle.AFTER_START_EVENT.equals(event.getType());
        if (hasStarted && source instanceof Container) {
            for (Container application : ((Container) source).findChildren()) {
                if (!application.getState().isAvailable()) {
                    String path = application.getName().isEmpty() ? "/" : application.getName();
                    end("The application at " + path + " did not start");
                }
            }
        }
        if (source instanceof Server) {
            started |= hasStarted;
            if (!started && Lifecycle.AFTER_DESTROY_EVENT.equals(event.getType())) {
                end("Tomcat did not start");
            }
        }
    }

    private static void end(String reason) {
        System.err.println(reason + ": the process ends");
        // In a thread of its own: the shutdown hook waits for the one that starts Tomcat.
        new Thread(() -> System.exit(1)).start();
    }
}
