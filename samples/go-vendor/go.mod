module example.com/libpack/samples/go-vendor

go 1.25

require example.com/libpack/greeting v1.2.0
