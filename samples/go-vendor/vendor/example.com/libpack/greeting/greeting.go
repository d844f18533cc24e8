// Package greeting stands for somebody else's module.
package greeting

// Of greets somebody.
func Of(name string) string {
	return "hello, " + name
}
