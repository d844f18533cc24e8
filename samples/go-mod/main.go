// A web server on chi, with a log in JSON and an id for each request.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/cors"
	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/rs/zerolog/hlog"
)

func main() {
	log := zerolog.New(os.Stdout).With().Timestamp().Logger()
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	server := &http.Server{Addr: "0.0.0.0:" + port, Handler: routes(log)}
	stop, done := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer done()
	go func() {
		log.Info().Msg("listening on " + port)
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal().Err(err).Send()
		}
	}()
	<-stop.Done()
	log.Info().Msg("closing")
	_ = server.Shutdown(context.Background())
}

func routes(log zerolog.Logger) http.Handler {
	router := chi.NewRouter()
	router.Use(middleware.Recoverer, cors.AllowAll().Handler, hlog.NewHandler(log), identify)
	router.Get("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"sample": "go-mod", "chi": version("github.com/go-chi/chi/v5"), "go": runtime.Version()})
	})
	router.Get("/health", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"status": "UP"})
	})
	return router
}

// identify gives a request an id, which its answer and its line in the log have in common.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := uuid.NewString()
		w.Header().Set("X-Request-Id", id)
		hlog.FromRequest(r).Info().Str("id", id).Str("path", r.URL.Path).Send()
		next.ServeHTTP(w, r)
	})
}

func answer(w http.ResponseWriter, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// version tells which version of a module is linked in.
func version(module string) string {
	if info, known := debug.ReadBuildInfo(); known {
		for _, dependency := range info.Deps {
			if dependency.Path == module {
				return dependency.Version
			}
		}
	}
	return "unknown"
}
