package app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A servlet of Jakarta EE, for Tomcat 10 and later. */
@WebServlet("/")
public class Index extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("application/json");
        String server = getServletContext().getServerInfo();
        response.getWriter().print("{\"sample\":\"java-war\",\"server\":\"" + server + "\"}");
    }
}
