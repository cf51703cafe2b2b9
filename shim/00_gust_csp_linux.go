package gust__shim

import (
	gust__http "net/http"
	gust__strings "strings"
)

// gust__policies lets gust's script, its worker and its connections through the page's own policies, and
// nothing else; through those that are only reported as well, as gust's are no violations of the page's.
// It changes the header, and returns the nonce that the script needs; "" where it needs none. scripts is
// false where a page runs no scripts at all, or as one of an origin that is not the program's. (Content
// Security Policy 3; src/core/content-security.ts does the same for the proxy, with the same tests.)
func gust__policies(header gust__http.Header, origin, fresh string) (nonce string, scripts bool) {
	const enforced, reported = "Content-Security-Policy", "Content-Security-Policy-Report-Only"
	dynamic := false
	for _, name := range []string{enforced, reported} {
		for _, policy := range gust__policiesOf(header[name]) {
			// What is only reported puts nothing into a sandbox.
			if name == enforced && !policy.runs() {
				return "", false
			}
			if list := policy.scripts(); gust__has(list, "'strict-dynamic'") {
				dynamic = true
				for _, source := range list {
					if known := gust__nonceOf(source); known != "" && nonce == "" {
						nonce = known
					}
				}
			}
		}
	}
	if nonce == "" {
		nonce = fresh
	}
	for _, name := range []string{enforced, reported} {
		var allowed []string
		for _, value := range header[name] {
			allowed = append(allowed, gust__allow(value, gust__source(origin), nonce))
		}
		if allowed != nil {
			header[name] = allowed
		}
	}
	if !dynamic {
		nonce = ""
	}
	return nonce, true
}

func gust__policiesOf(values []string) (all []gust__policy) {
	for _, value := range values {
		for _, policy := range gust__strings.Split(value, ",") {
			all = append(all, gust__readPolicy(policy))
		}
	}
	return all
}

// runs tells whether a page runs scripts, as one of the program's own origin.
func (p gust__policy) runs() bool {
	found := p.find("sandbox")
	return found < 0 || gust__has(p[found].list, "allow-scripts") && gust__has(p[found].list, "allow-same-origin")
}

// gust__allow changes what one header says.
func gust__allow(value, source, nonce string) string {
	var texts []string
	changed := false
	for _, policy := range gust__strings.Split(value, ",") {
		p := gust__readPolicy(policy)
		if len(p) == 0 {
			continue
		}
		amended := p.allow(source, nonce)
		changed = changed || amended.text() != p.text()
		texts = append(texts, amended.text())
	}
	if !changed {
		return value
	}
	return gust__strings.Join(texts, ", ")
}

type gust__directive struct {
	// name is in lower case.
	name string
	list []string
	// given is how the page has written it; "" for one of ours.
	given string
}

type gust__policy []gust__directive

func gust__readPolicy(text string) (p gust__policy) {
	for _, part := range gust__strings.Split(text, ";") {
		if words := gust__strings.Fields(part); len(words) > 0 {
			p = append(p, gust__directive{gust__lower([]byte(words[0])), words[1:], gust__strings.TrimSpace(part)})
		}
	}
	return p
}

func (p gust__policy) text() string {
	parts := make([]string, len(p))
	for i, d := range p {
		parts[i] = d.given
		if d.given == "" {
			parts[i] = gust__strings.Join(append([]string{d.name}, d.list...), " ")
		}
	}
	return gust__strings.Join(parts, "; ")
}

// find returns where the first of these names is that there is, or -1. Of several directives with one
// name the first counts.
func (p gust__policy) find(names ...string) int {
	for _, name := range names {
		for i := range p {
			if p[i].name == name {
				return i
			}
		}
	}
	return -1
}

// scripts returns the list that counts for scripts.
func (p gust__policy) scripts() []string {
	if found := p.find("script-src-elem", "script-src", "default-src"); found >= 0 {
		return p[found].list
	}
	return nil
}

func (p gust__policy) allow(source, nonce string) gust__policy {
	if found := p.find("script-src-elem", "script-src", "default-src"); found >= 0 {
		own := p[found].name
		if own == "default-src" {
			own = "script-src"
		}
		// There, a source by its address counts for nothing, and 'unsafe-inline' is off already.
		if list := p[found].list; !gust__has(list, "'strict-dynamic'") {
			p = p.addSource(found, own, source)
		} else if !gust__knows(list, nonce) {
			p = p.add(found, own, "'nonce-"+nonce+"'")
		}
	}
	if found := p.find("worker-src", "child-src", "script-src", "default-src"); found >= 0 {
		// A script that may run may start workers there.
		if p[found].name == "worker-src" || !gust__has(p[found].list, "'strict-dynamic'") {
			p = p.addSource(found, "worker-src", source)
		}
	}
	if found := p.find("connect-src", "default-src"); found >= 0 {
		p = p.addSource(found, "connect-src", source)
	}
	if found := p.find("trusted-types"); found >= 0 && !gust__has(p[found].list, "*") {
		p = p.add(found, "trusted-types", "gust")
	}
	return p
}

// addSource does so unless what comes from the page's own address is allowed in any case.
func (p gust__policy) addSource(found int, own, source string) gust__policy {
	for _, enough := range []string{"*", "'self'", "http:"} {
		if gust__has(p[found].list, enough) {
			return p
		}
	}
	if gust__hasPrefix(source, "https:") && gust__has(p[found].list, "https:") {
		return p
	}
	// Without a scheme it is the page's own: behind a proxy that encrypts, the browser knows it by another one.
	return p.add(found, own, gust__hostOf(source))
}

func gust__hostOf(origin string) string {
	return gust__strings.TrimPrefix(gust__strings.TrimPrefix(origin, "http://"), "https://")
}

// add adds to the directive that was found, where it is the one that is about this alone; otherwise that
// one is put beside it, with the same list and ours.
func (p gust__policy) add(found int, own, added string) gust__policy {
	var list []string
	for _, one := range p[found].list {
		if one == added {
			return p
		}
		if !gust__strings.EqualFold(one, "'none'") {
			list = append(list, one)
		}
	}
	amended := append(gust__policy(nil), p...)
	directive := gust__directive{own, append(list, added), ""}
	if p[found].name == own {
		amended[found] = directive
		return amended
	}
	return append(amended, directive)
}

func gust__has(list []string, word string) bool {
	for _, one := range list {
		if gust__strings.EqualFold(one, word) {
			return true
		}
	}
	return false
}

func gust__knows(list []string, nonce string) bool {
	for _, one := range list {
		if gust__nonceOf(one) == nonce {
			return true
		}
	}
	return false
}

// gust__nonceOf returns the nonce of a source such as 'nonce-cGFnZQ=='; "" for any other.
func gust__nonceOf(source string) string {
	const begin = "'nonce-"
	if len(source) < len(begin)+2 || !gust__strings.EqualFold(source[:len(begin)], begin) || source[len(source)-1] != '\'' {
		return ""
	}
	nonce := source[len(begin) : len(source)-1]
	plain := gust__strings.TrimRight(nonce, "=")
	if len(nonce)-len(plain) > 2 || !gust__consistsOf(plain, "+/_-") {
		return ""
	}
	return nonce
}

// gust__source names gust's paths at this origin. One that has no form in a policy, such as an address
// of IPv6, is told by what it is.
func gust__source(origin string) string {
	host := gust__hostOf(origin)
	name := host
	if colon := gust__strings.LastIndex(host, ":"); colon >= 0 {
		name = host[:colon]
		if !gust__consistsOf(host[colon+1:], "") {
			return "'self'"
		}
	}
	if !gust__consistsOf(name, ".-") {
		return "'self'"
	}
	return origin + gust__reserved
}

// gust__consistsOf tells whether there is anything, and nothing but letters, digits and these.
func gust__consistsOf(text, others string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && gust__strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return text != ""
}
