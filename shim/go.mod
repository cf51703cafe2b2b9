module gust/shim

go 1.21
