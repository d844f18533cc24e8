// A server whose only dependency lies beside it, and nowhere else.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"example.com/libpack/greeting"
)

func answer(w http.ResponseWriter, r *http.Request) {
	body := map[string]any{"sample": "go-vendor", "greeting": greeting.Of("vendor"), "go": runtime.Version()}
	if r.URL.Path == "/health" {
		body = map[string]any{"status": "UP"}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	http.HandleFunc("/", answer)
	server := &http.Server{Addr: "0.0.0.0:" + port}
	stop, done := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer done()
	go func() {
		log.Printf("listening on %s", port)
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-stop.Done()
	log.Print("closing")
	_ = server.Shutdown(context.Background())
}
