//go:build cgo && unix

package ignored

/*
#include <signal.h>

static int ignored;

// A constructor runs before Go's runtime does.
__attribute__((constructor)) static void look(void) {
	struct sigaction now;
	ignored = sigaction(SIGTERM, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static int was_ignored(void) { return ignored; }
*/
import "C"

// Known tells whether the program can see what was ignored.
const Known = true

func sigterm() bool { return C.was_ignored() != 0 }
