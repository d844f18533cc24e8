// Package greeting is a module of its own, which the server beside it takes from the workspace.
package greeting

import "fmt"

// Of greets somebody.
func Of(name string) string {
	return fmt.Sprintf("hello, %s", name)
}
