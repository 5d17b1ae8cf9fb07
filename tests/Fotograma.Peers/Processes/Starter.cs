using System.Collections.Concurrent;
using System.Diagnostics;

namespace Fotograma.Peers.Processes;

/// <summary>
/// Starts processes from one thread that lives as long as this process. The kernel's "die with your parent" means the parent's thread: a server started from a pool
/// thread would be killed when the pool shrinks.
/// </summary>
internal static class Starter
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> Waiting = Begin();

    public static Process Start(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Waiting.Add((start, started));
        return started.Task.GetAwaiter().GetResult();
    }

    private static BlockingCollection<(ProcessStartInfo, TaskCompletionSource<Process>)> Begin()
    {
        var waiting = new BlockingCollection<(ProcessStartInfo, TaskCompletionSource<Process>)>();
        var thread = new Thread(() =>
        {
            foreach (var (start, started) in waiting.GetConsumingEnumerable()) StartOne(start, started);
        }) { IsBackground = true, Name = "starts servers" };
        thread.Start();
        return waiting;
    }

    private static void StartOne(ProcessStartInfo start, TaskCompletionSource<Process> started)
    {
        try
        {
            started.SetResult(Process.Start(start)!);
        }
        catch (Exception exception)
        {
            started.SetException(exception);
        }
    }
}
