package gust__shim

// gust__finder finds where a script comes first in a page without changing what the page means: behind
// byte order mark, white space, comments, the doctype, `<html …>` and `<head …>`, before the first other
// thing. It reads a page in pieces, and keeps back nothing but the begin of a tag. (HTML standard, 13.2.5
// and 13.2.6.4; src/core/html-insertion.ts does the same for the proxy, with the same tests.)
type gust__finder struct {
	mode gust__htmlMode
	// held has not been given back; it begins at the last byte that has passed.
	held []byte
	// inside: the page has begun. rank: what of doctype, html and head has been.
	inside bool
	rank   int
}

type gust__htmlMode int

const (
	gust__between gust__htmlMode = iota
	gust__declaration
	gust__commentStart
	gust__commentStartDash
	gust__comment
	gust__commentDash
	gust__commentDashes
	gust__commentBang
	gust__beforeName
	gust__name
	gust__afterName
	gust__beforeValue
	gust__unquoted
	gust__double
	gust__single
)

// What a byte decides: all up to it goes before the place; not known yet; or the end of the search,
// where what has not passed goes behind the place, or where there is none.
type gust__verdict int

const (
	gust__pass gust__verdict = iota
	gust__hold
	gust__here
	gust__nowhere
)

// feed takes the next piece. before belongs before the place. Once over, after belongs behind it, and
// found tells whether there is one.
func (f *gust__finder) feed(piece []byte) (before, after []byte, over, found bool) {
	data := append(f.held, piece...)
	passed := 0
	for i := len(f.held); i < len(data); i++ {
		switch verdict := f.next(data[passed:i+1], data[i]); verdict {
		case gust__pass:
			passed = i + 1
		case gust__here, gust__nowhere:
			f.held = nil
			return data[:passed], data[passed:], true, verdict == gust__here
		}
	}
	f.held = append([]byte(nil), data[passed:]...)
	return data[:passed], nil, false, false
}

// end returns what is left of a page that is over.
func (f *gust__finder) end() (after []byte, found bool) {
	return f.held, f.mode == gust__between
}

// next decides by a byte; token is what has not passed, with it.
func (f *gust__finder) next(token []byte, c byte) gust__verdict {
	if f.mode != gust__between {
		f.mode = gust__after(f.mode, c)
		return gust__pass
	}
	verdict := gust__pass
	if f.inside {
		verdict = f.between(gust__lower(token))
	} else {
		verdict = f.mark(string(token))
	}
	if verdict == gust__pass {
		f.inside = true
	}
	return verdict
}

const gust__utf8Mark = "\xef\xbb\xbf"

// mark knows byte order marks, at the very begin.
func (f *gust__finder) mark(token string) gust__verdict {
	for _, mark := range []string{gust__utf8Mark, "\xfe\xff", "\xff\xfe"} {
		switch {
		case token == gust__utf8Mark:
			return gust__pass
		case token == mark:
			return gust__nowhere
		case gust__hasPrefix(mark, token):
			return gust__hold
		}
	}
	f.inside = true
	return f.between(gust__lower([]byte(token)))
}

func (f *gust__finder) between(token string) gust__verdict {
	last := token[len(token)-1]
	switch {
	case len(token) == 1 && gust__isSpace(last):
		return gust__pass
	case token == "<!--":
		return f.enter(gust__commentStart)
	case token == "<?":
		return f.enter(gust__declaration)
	}
	for i, name := range []string{"<!doctype", "<html", "<head"} {
		rank := i + 1
		if rank <= f.rank {
			continue
		}
		if gust__hasPrefix(name, token) {
			return gust__hold
		}
		ends := rank == 1 || gust__isSpace(last) || last == '/' || last == '>'
		if token[:len(token)-1] != name || !ends {
			continue
		}
		f.rank = rank
		switch {
		case last == '>':
			return gust__pass
		case rank == 1:
			return f.enter(gust__declaration)
		}
		return f.enter(gust__beforeName)
	}
	const own = `<script src="` + gust__reserved + `client.js"`
	switch {
	case token == own:
		return gust__nowhere
	case gust__hasPrefix(own, token) || gust__hasPrefix("<!--", token):
		return gust__hold
	case gust__hasPrefix(token, "<!"):
		// Browsers take it for a comment.
		if last == '>' {
			return gust__pass
		}
		return f.enter(gust__declaration)
	}
	return gust__here
}

func (f *gust__finder) enter(mode gust__htmlMode) gust__verdict {
	f.mode = mode
	return gust__pass
}

// gust__after tells where in a comment, a declaration or a tag a page is after a byte, as HTML has it with
// all its mistakes: `<!-->` is a comment, and so is `<!-- --!>`.
func gust__after(mode gust__htmlMode, c byte) gust__htmlMode {
	if mode >= gust__beforeName {
		return gust__afterInTag(mode, c)
	}
	switch {
	case mode == gust__declaration:
		if c == '>' {
			return gust__between
		}
		return mode
	case c == '>' && mode != gust__comment && mode != gust__commentDash:
		return gust__between
	case c == '!' && mode == gust__commentDashes:
		return gust__commentBang
	case c != '-':
		return gust__comment
	}
	switch mode {
	case gust__commentStart:
		return gust__commentStartDash
	case gust__comment, gust__commentBang:
		return gust__commentDash
	}
	return gust__commentDashes
}

// A quote begins a value behind `=` alone; elsewhere it is a letter like others.
func gust__afterInTag(mode gust__htmlMode, c byte) gust__htmlMode {
	space := gust__isSpace(c)
	switch {
	case mode == gust__double && c == '"' || mode == gust__single && c == '\'':
		return gust__beforeName
	case mode == gust__double || mode == gust__single:
		return mode
	case c == '>':
		return gust__between
	case mode == gust__unquoted && !space || mode == gust__beforeValue && space:
		return mode
	case mode == gust__unquoted:
		return gust__beforeName
	case mode == gust__beforeValue && c == '"':
		return gust__double
	case mode == gust__beforeValue && c == '\'':
		return gust__single
	case mode == gust__beforeValue:
		return gust__unquoted
	case c == '/':
		return gust__beforeName
	case c == '=' && mode != gust__beforeName:
		return gust__beforeValue
	case space && mode == gust__name:
		return gust__afterName
	case space:
		return mode
	}
	return gust__name
}

func gust__isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'
}

func gust__lower(data []byte) string {
	lower := make([]byte, len(data))
	for i, c := range data {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return string(lower)
}
