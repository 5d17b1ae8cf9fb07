using System.Globalization;
using Fotograma.Media.Extraction;
using Fotograma.Media.Faults;

namespace Fotograma.Worker.Running;

/// <summary>
/// Starts a decoder on a file that is no video. It answers so only when it was found, understood its libraries and, where that is required, proved that it is locked in.
/// </summary>
internal sealed class DecoderTrial(VideoExtractor extractor, DecoderOptions options)
{
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        if (!File.Exists(options.FullPath)) throw new FileNotFoundException($"There is no decoder program {options.FullPath}.");
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "This is no video. It tries whether a decoder can be started.\n", cancellation);
            await extractor.ProbeAsync(path, cancellation);
            throw new InvalidOperationException("The decoder took a text for a video.");
        }
        catch (MediaException exception) when (exception.Fault == MediaFault.NotAVideo || exception.Fault == MediaFault.Undecodable || exception.Fault == MediaFault.Playlist)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{options.FullPath}, sandbox {options.Sandbox}");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
