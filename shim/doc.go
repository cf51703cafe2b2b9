// Package gust__shim is added to a program when gust builds it (go build -overlay), as a package or as
// files of the main package, so that its listening sockets and its idle connections can go from one
// version of the program to the next. The files for the loggers, which do without all others, let log
// lines tell which process they are from.
//
// The files begin with 00 because go initialises variables in the order of file names: the hooks are in
// place before the program's own variables and init functions run. Everything in them begins with
// gust__, the names of what they import too, as the program may have declared these for itself. They
// use no syntax newer than Go 1.13, whatever version the program's go.mod names, and import only what
// the packages net and net/http link anyway (those for the loggers what log and log/slog do).
package gust__shim
