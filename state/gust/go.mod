module gust

go 1.21
