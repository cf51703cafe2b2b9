module gust/keeper

go 1.21
