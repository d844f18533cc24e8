pub const ID: &str = "go-build-cache";
