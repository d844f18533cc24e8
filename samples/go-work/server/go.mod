module example.com/libpack/samples/go-work/server

go 1.25
