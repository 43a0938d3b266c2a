package signals

import (
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// InterruptGroup sends Ctrl-C to all processes of the console.
func InterruptGroup() { windows.GenerateConsoleCtrlEvent(windows.CTRL_C_EVENT, 0) }

// awaitReader does nothing: Windows has no call that waits for it.
func awaitReader(*os.File, time.Duration) {}
