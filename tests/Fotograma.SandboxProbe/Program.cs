using System.Globalization;
using System.Text;
using Fotograma.Media.Sandbox;
using Fotograma.SandboxProbe;
using Microsoft.Win32.SafeHandles;

// fotograma-sandbox-probe INPUT ATTEMPT MODE: confines itself exactly as the decoder does, attempts one thing, and says how it went.
const int CpuSeconds = 60;
const long MemoryBytes = 1L << 30;

try
{
    Confinement.Enter(args);
    using var file = File.OpenHandle(args[^3]);
    using var handle = new SafeFileHandle(1, ownsHandle: false);
    using var output = new FileStream(handle, FileAccess.Write, bufferSize: 0);
    var name = args[^2];
    var attempt = Attempts.All.Single(candidate => candidate.Name == name);
    if (Confinement.ModeOf(args) != SandboxMode.Off)
        output.Write(Encoding.ASCII.GetBytes($"{Confinement.Close(file, CpuSeconds, MemoryBytes, SandboxMode.Required)}\n"));
    var error = attempt.Make((int)file.DangerousGetHandle());
    output.Write(Encoding.ASCII.GetBytes(error == 0 ? "done\n" : string.Create(CultureInfo.InvariantCulture, $"refused {error}\n")));
    return 0;
}
catch (SandboxException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
