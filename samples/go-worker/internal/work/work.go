// Package work is what both processes know.
package work

import (
	"os"
	"time"
)

// Interval is how long a round lasts: WORK_INTERVAL, such as `500ms`, or five seconds.
func Interval() time.Duration {
	if interval, err := time.ParseDuration(os.Getenv("WORK_INTERVAL")); err == nil && interval > 0 {
		return interval
	}
	return 5 * time.Second
}
