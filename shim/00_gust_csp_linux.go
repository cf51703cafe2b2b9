package gust__shim

import gust__strings "strings"

// gust__policies lets gust's script, its worker and its connections through the page's own policies, and
// nothing else (Content Security Policy 3, 6.8.1 for which directive counts). It returns the policies as
// they are to be sent, and the nonce that the script needs, if any. ok is false where a page runs no
// scripts at all. (src/core/content-security.ts does the same for the proxy, with the same tests.)
func gust__policies(values []string, host, fresh string) (allowed []string, nonce string, ok bool) {
	for _, value := range values {
		parts := gust__strings.Split(value, ",")
		for _, policy := range parts {
			if found := gust__nonceOf(policy); nonce == "" && found != "" {
				nonce = found
			}
		}
	}
	if nonce == "" {
		nonce = fresh
	}
	used := false
	for _, value := range values {
		parts := gust__strings.Split(value, ",")
		for i, policy := range parts {
			p := gust__readPolicy(policy)
			if sandbox, has := p.get("sandbox"); has && !gust__contains(sandbox, "allow-scripts") {
				return nil, "", false
			}
			used = p.allow(host, nonce) || used
			parts[i] = p.text()
		}
		allowed = append(allowed, gust__strings.Join(parts, ","))
	}
	if !used {
		nonce = ""
	}
	return allowed, nonce, true
}

// gust__policy is one policy: its directives in order, each with its words.
type gust__policy struct {
	directives [][]string
	changed    bool
	given      string
}

func gust__readPolicy(text string) *gust__policy {
	p := &gust__policy{given: text}
	for _, directive := range gust__strings.Split(text, ";") {
		if words := gust__strings.Fields(directive); len(words) > 0 {
			p.directives = append(p.directives, words)
		}
	}
	return p
}

func (p *gust__policy) text() string {
	if !p.changed {
		return p.given
	}
	parts := make([]string, len(p.directives))
	for i, words := range p.directives {
		parts[i] = gust__strings.Join(words, " ")
	}
	return gust__strings.Join(parts, "; ")
}

// get returns the words of the first directive of this name, which is the one that counts.
func (p *gust__policy) get(name string) (words []string, has bool) {
	for _, words := range p.directives {
		if gust__strings.EqualFold(words[0], name) {
			return words[1:], true
		}
	}
	return nil, false
}

func (p *gust__policy) set(name string, words []string) {
	p.changed = true
	words = append([]string{name}, words...)
	for i, old := range p.directives {
		if gust__strings.EqualFold(old[0], name) {
			words[0] = old[0]
			p.directives[i] = words
			return
		}
	}
	p.directives = append(p.directives, words)
}

// allow says whether the script needs the nonce.
func (p *gust__policy) allow(host, nonce string) (used bool) {
	source := gust__source(host)
	if words, has := p.effective("script-src-elem", "script-src", "default-src"); has {
		if gust__contains(words, "'strict-dynamic'") {
			// Only a nonce counts there, and what it lets in may let in more.
			used = true
			words = gust__with(words, "'nonce-"+nonce+"'")
		} else {
			words = gust__with(words, source)
		}
		p.set("script-src-elem", words)
	}
	if words, has := p.effective("connect-src", "default-src"); has {
		p.set("connect-src", gust__with(words, source))
	}
	if words, has := p.effective("worker-src", "child-src", "script-src", "default-src"); has {
		p.set("worker-src", gust__with(words, source))
	}
	if words, has := p.get("trusted-types"); has {
		p.set("trusted-types", gust__with(words, "gust"))
	}
	return used
}

// effective returns the words of the first of these directives that there is.
func (p *gust__policy) effective(names ...string) (words []string, has bool) {
	for _, name := range names {
		if words, has := p.get(name); has {
			return words, true
		}
	}
	return nil, false
}

// gust__with adds a word, before which `'none'` gives way.
func gust__with(words []string, word string) []string {
	var with []string
	for _, old := range words {
		if old == word {
			return words
		}
		if !gust__strings.EqualFold(old, "'none'") {
			with = append(with, old)
		}
	}
	return append(with, word)
}

func gust__contains(words []string, word string) bool {
	for _, one := range words {
		if gust__strings.EqualFold(one, word) {
			return true
		}
	}
	return false
}

// gust__source names gust's paths on this host. Addresses of IPv6 cannot be named.
func gust__source(host string) string {
	for i := 0; i < len(host); i++ {
		c := host[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == ':' || c == '_'
		if !plain {
			return "'self'"
		}
	}
	if host == "" {
		return "'self'"
	}
	return "http://" + host + gust__reserved
}

// gust__nonceOf returns the nonce that counts for scripts under strict-dynamic.
func gust__nonceOf(policy string) string {
	words, _ := gust__readPolicy(policy).effective("script-src-elem", "script-src", "default-src")
	for _, word := range words {
		const begin = "'nonce-"
		if len(word) > len(begin)+1 && gust__strings.EqualFold(word[:len(begin)], begin) && word[len(word)-1] == '\'' {
			return word[len(begin) : len(word)-1]
		}
	}
	return ""
}
