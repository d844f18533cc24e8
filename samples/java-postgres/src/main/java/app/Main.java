package app;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A web server with a database, which a service binding or nothing configures. */
@SpringBootApplication
@RestController
public class Main {
    private final JdbcTemplate database;

    Main(JdbcTemplate database) {
        this.database = database;
    }

    public static void main(String[] arguments) {
        SpringApplication.run(Main.class, arguments);
    }

    @GetMapping("/")
    Map<String, String> index() {
        String name = database.queryForObject("select current_database()", String.class);
        return Map.of("sample", "java-postgres", "database", name);
    }
}
