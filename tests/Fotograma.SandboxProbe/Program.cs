using System.Globalization;
using System.Text;
using Fotograma.Media.Sandbox;
using Fotograma.SandboxProbe;
using Microsoft.Win32.SafeHandles;

// fotograma-sandbox-probe PARENT PORT FOLDER WALLS INPUT ATTEMPT MODE: confines itself exactly as the decoder does, or with some of its walls only,
// attempts one thing, and says how it went.
const long MemoryBytes = 1L << 30;
var bounds = new Bounds(CpuSeconds: 60, MemoryBytes, ThreadsBeyond: 100);

try
{
    Confinement.Enter(args);
    using var file = File.OpenHandle(args[^3]);
    using var handle = new SafeFileHandle(1, ownsHandle: false);
    using var output = new FileStream(handle, FileAccess.Write, bufferSize: 0);
    var name = args[^2];
    var attempt = Attempts.All.Concat([Attempts.Threads, Attempts.Openness]).Single(candidate => candidate.Name == name);
    var (folder, port, parent) = (args[^5], ushort.Parse(args[^6], CultureInfo.InvariantCulture), int.Parse(args[^7], CultureInfo.InvariantCulture));
    if (Confinement.ModeOf(args) != SandboxMode.Off)
        output.Write(Encoding.ASCII.GetBytes($"{Confinement.Close(file, bounds, SandboxMode.Required, Enum.Parse<Walls>(args[^4]))}\n"));
    using var means = new Means((int)file.DangerousGetHandle(), folder, port, parent);
    var error = attempt.Make(means);
    output.Write(Encoding.ASCII.GetBytes(error == 0 ? "done\n" : string.Create(CultureInfo.InvariantCulture, $"refused {error}\n")));
    return 0;
}
catch (SandboxException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
