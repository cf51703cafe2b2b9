// The files 00_gust_*.go of this directory are added to a program when gust builds it (go build
// -overlay), to its main package or as a package of their own, so that its listening sockets and its
// idle connections can go from one version of the program to the next. Here they form a program of
// their own, which does nothing, so that they can be vetted and tested.
//
// They begin with 00 because go initialises variables in the order of file names: the hooks are in
// place before the program's own variables and init functions run. Everything in them begins with
// gust__, the names of what they import too, as the program may have declared these for itself. They use no syntax newer than Go 1.13, whatever version the program's go.mod names, and
// import only what the packages net and net/http link anyway.
package main

func main() {}
