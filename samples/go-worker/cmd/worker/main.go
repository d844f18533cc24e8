// The process that works by itself.
package main

import (
	"context"
	"log"
	"os/signal"
	"syscall"
	"time"

	"example.com/libpack/samples/go-worker/internal/work"
)

func main() {
	stop, done := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer done()
	ticks := time.NewTicker(work.Interval())
	defer ticks.Stop()
	log.Printf("working every %s", work.Interval())
	for round := 1; ; round++ {
		select {
		case <-stop.Done():
			log.Print("closing")
			return
		case <-ticks.C:
			log.Printf("round %d is done", round)
		}
	}
}
