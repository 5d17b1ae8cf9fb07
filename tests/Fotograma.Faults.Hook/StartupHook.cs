using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;

/// <summary>
/// What DOTNET_STARTUP_HOOKS loads into a process before its own code: kills the process (SIGKILL, nothing is flushed) when it reaches the step named in
/// FOTOGRAMA_FAULT_STEP for the n-th time (FOTOGRAMA_FAULT_TURN, 1 unless told). The runtime asks for exactly this name, outside of every namespace.
/// </summary>
internal static class StartupHook
{
    private static StepKiller? killer;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("FOTOGRAMA_FAULT_STEP") is not { Length: > 0 } step) return;
        var turn = int.TryParse(Environment.GetEnvironmentVariable("FOTOGRAMA_FAULT_TURN"), CultureInfo.InvariantCulture, out var read) ? read : 1;
        killer = new StepKiller(step, turn);
    }

    private sealed class StepKiller(string step, int turn) : EventListener
    {
        private int left = turn;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Fotograma-Steps") EnableEvents(eventSource, EventLevel.Informational);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.Payload is not [string reached] || reached != step || Interlocked.Decrement(ref left) != 0) return;
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
    }
}
