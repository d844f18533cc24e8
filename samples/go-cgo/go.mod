module example.com/libpack/samples/go-cgo

go 1.25
