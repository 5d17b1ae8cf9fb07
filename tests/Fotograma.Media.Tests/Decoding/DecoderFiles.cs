namespace Fotograma.Media.Tests.Decoding;

/// <summary>The decoder that was built with these tests.</summary>
internal static class DecoderFiles
{
    /// <summary>Its program: artifacts/bin/PROJECT/CONFIGURATION.</summary>
    public static string Path
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar));
            return System.IO.Path.Combine(here.Parent!.Parent!.FullName, "Fotograma.Decoder", here.Name, "fotograma-decoder");
        }
    }
}
