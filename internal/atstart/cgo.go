//go:build cgo && unix

package atstart

/*
#include <fcntl.h>
#include <signal.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static int ignored, closed[3];

// A constructor runs before Go's runtime does, and its threads.
__attribute__((constructor)) static void look(void) {
	struct sigaction now;
	ignored = sigaction(SIGTERM, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
	for (int fd = 0; fd < 3; fd++)
		closed[fd] = fcntl(fd, F_GETFD) < 0;
#ifdef __GLIBC__
	// Else each thread takes 64 MB of address space for what C allocates there,
	// which is next to nothing, and a tenth of a short run's time for that.
	mallopt(M_ARENA_MAX, 1);
#endif
}

static int was_ignored(void) { return ignored; }
static int was_closed(int fd) { return closed[fd]; }
*/
import "C"

// Known tells whether the program could look.
const Known = true

func sigterm() bool { return C.was_ignored() != 0 }

func closed(fd uintptr) bool { return fd < 3 && C.was_closed(C.int(fd)) != 0 }
