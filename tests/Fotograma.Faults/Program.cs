using System.Globalization;
using System.Runtime.InteropServices;
using Fotograma.Faults.Trials;

// ./dev faults [RUNS] [IDS]: see FaultCommand.
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interrupted.Cancel();
};
using var told = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    interrupted.Cancel();
});
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return await FaultCommand.RunAsync(args, interrupted.Token);
