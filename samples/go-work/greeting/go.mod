module example.com/libpack/samples/go-work/greeting

go 1.25
