module example.com/libpack/samples/go-worker

go 1.25
