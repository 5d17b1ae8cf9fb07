// Decodes what an extraction needs and makes nothing of it: floor VIDEO [--fps 1 ...], with the arguments of `fotograma extract`. It is the
// least that any program must do that gives the same frames: no conversion, no images, no archive, no second process, no walls.
// bench/extract.sh measures it, ahead of time compiled as the decoder is.
#:project ../src/Fotograma.Media/Fotograma.Media.csproj
#:property AssemblyName=fotograma-bench-floor
#:property RestorePackagesWithLockFile=false
#:property CppCompilerAndLinker=gcc
#:property OptimizationPreference=Speed
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;
using Fotograma.Media.Plan;
using Fotograma.Media.Reading;

var values = new Dictionary<string, string>();
for (var i = 1; i < args.Length; i++)
{
    var hasValue = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
    values[args[i].TrimStart('-')] = hasValue ? args[++i] : "true";
}

if (args.Length == 0 || !ExtractionOptionsParser.TryParse(values, out var options, out _))
{
    Console.Error.WriteLine("usage: floor VIDEO [the options of fotograma extract]");
    return 2;
}

var limits = new DecoderLimits();
using var file = File.OpenHandle(args[0]);
using var input = VideoInput.Open(file, limits, AllowList.Usual, default);
var map = new PacketScan(input, file, limits.FramePixelsMax).Read(null, default);
if (map.Problem is { } problem)
{
    Console.Error.WriteLine($"Everything of this file would have to be decoded: {problem}");
    return 1;
}

var unit = input.Stream.TimeBase;
var end = PacketClock.EndAfter(map.TimeOf(map.Frames - 1), map.LastDuration, unit, input.Stream.AverageRate);
var plan = GroupPlan.Make(map, SamplingPlan.Make(options, unit, map.Extent), end, int.MaxValue);
var workers = Math.Min(Environment.ProcessorCount, plan.Groups.Count);
await Task.WhenAll(Enumerable.Range(0, workers).Select(first => Task.Run(() => Decode(first))));
return 0;

void Decode(int first)
{
    using var reader = new GroupReader(input, file, map, limits.FramePixelsMax, Math.Max(1, Environment.ProcessorCount / workers), default);
    for (var i = first; i < plan.Groups.Count; i += workers)
        foreach (var (_, frame) in reader.Read(plan.Groups[i], default)) frame.Dispose();
}
