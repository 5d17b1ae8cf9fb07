using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Runtime.InteropServices;

/// <summary>
/// What DOTNET_STARTUP_HOOKS loads into a process before its own code. When the process reaches the step named in FOTOGRAMA_FAULT_STEP for the n-th time (FOTOGRAMA_FAULT_TURN, 1
/// unless told), it is killed (SIGKILL, nothing is flushed), or, where FOTOGRAMA_FAULT_DEED is "stop", stands still at that very place (SIGSTOP) until somebody lets it go on. The
/// runtime asks for exactly this name, outside of every namespace.
/// </summary>
internal static class StartupHook
{
    private const int SigStop = 19;
    private static StepWatcher? watcher;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("FOTOGRAMA_FAULT_STEP") is not { Length: > 0 } step) return;
        var turn = int.TryParse(Environment.GetEnvironmentVariable("FOTOGRAMA_FAULT_TURN"), CultureInfo.InvariantCulture, out var read) ? read : 1;
        watcher = new StepWatcher(step, turn, Environment.GetEnvironmentVariable("FOTOGRAMA_FAULT_DEED") == "stop" ? StandStill : Die);
    }

    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    // The signal stops every thread, this one before the call returns.
    private static void StandStill() => _ = Kill(Environment.ProcessId, SigStop);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private sealed class StepWatcher(string step, int turn, Action deed) : EventListener
    {
        private int left = turn;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Fotograma-Steps") EnableEvents(eventSource, EventLevel.Informational);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.Payload is [string reached] && reached == step && Interlocked.Decrement(ref left) == 0) deed();
        }
    }
}
