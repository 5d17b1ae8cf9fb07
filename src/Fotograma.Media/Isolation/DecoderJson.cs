using System.Text.Json.Serialization;
using Fotograma.Media.Faults;
using Fotograma.Media.Options;
using Fotograma.Media.Probing;

namespace Fotograma.Media.Isolation;

/// <summary>The JSON of <see cref="DecoderMessage"/> payloads and of the request, the same on both sides of the pipe.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(RationalJsonConverter), typeof(ExtractionOptionsJsonConverter)])]
[JsonSerializable(typeof(DecoderRequest))]
[JsonSerializable(typeof(DecoderPlan))]
[JsonSerializable(typeof(DecoderProgress))]
[JsonSerializable(typeof(DecoderSummary))]
[JsonSerializable(typeof(DecoderFault))]
[JsonSerializable(typeof(Sandbox.ConfinementProof))]
[JsonSerializable(typeof(MediaWarning))]
[JsonSerializable(typeof(IReadOnlyList<MediaWarning>))]
[JsonSerializable(typeof(ProbeReport))]
internal sealed partial class DecoderJson : JsonSerializerContext;
