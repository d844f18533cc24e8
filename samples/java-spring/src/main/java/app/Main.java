package app;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A reactive web server on Spring Boot, with health from the actuator. */
@SpringBootApplication
@RestController
public class Main {
    public static void main(String[] arguments) {
        SpringApplication.run(Main.class, arguments);
    }

    @GetMapping("/")
    Mono<Map<String, String>> index() {
        return Mono.just(Map.of(
            "sample", "java-spring",
            "spring", SpringBootVersion.getVersion(),
            "java", Runtime.version().toString()));
    }
}
