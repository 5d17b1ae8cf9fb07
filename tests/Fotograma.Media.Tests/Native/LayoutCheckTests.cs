using Fotograma.Media.Native;

namespace Fotograma.Media.Tests.Native;

public sealed class LayoutCheckTests
{
    [Fact]
    public void Loaded_library_is_understood()
    {
        Libav.Load();
        LayoutCheck.FindProblem(Libav.Layout).ShouldBeNull();
    }

    [Fact]
    public void Layout_of_every_other_generation_is_refused()
    {
        Libav.Load();
        foreach (var other in LibavLayout.Known.Where(layout => layout.CodecMajor != Libav.Layout.CodecMajor))
        {
            LayoutCheck.FindProblem(other).ShouldNotBeNull().ShouldContain("version");
            // The same numbers under the loaded library's name: now the structures themselves must give it away.
            LayoutCheck.FindProblem(other with { CodecMajor = Libav.Layout.CodecMajor }).ShouldNotBeNull().ShouldContain("laid out");
        }
    }

    [Fact]
    public void Every_generation_from_5_to_8_is_known() => LibavLayout.Known.Select(layout => layout.CodecMajor).ShouldBe([59, 60, 61, 62]);
}
