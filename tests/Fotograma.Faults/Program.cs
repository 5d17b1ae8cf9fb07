using System.Globalization;
using Fotograma.Faults.Trials;

// ./dev faults [RUNS] [IDS]: see FaultCommand.
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interrupted.Cancel();
};
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return await FaultCommand.RunAsync(args, interrupted.Token);
