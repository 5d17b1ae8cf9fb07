using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;
using Fotograma.Media.Overviews;

namespace Fotograma.Media.Extraction;

/// <summary>
/// Lets an extra of the decoder pass only if it can be true: of a kind that was asked for, one after the other, about images that came, of the
/// size its tiles make, and a JPEG that is what its head says. Everything else is <see cref="MediaFault.DecoderMisbehaved"/>.
/// </summary>
internal sealed class ExtraGate(ExtractionOptions options)
{
    private ExtraHeader last;
    private int passed;
    private int tiles;
    private int step = 1;
    private Extras made;

    /// <summary>Checks an extra's head, before its picture is read. <paramref name="payloadBytes"/> is what the message announced.</summary>
    public void CheckHead(in ExtraHeader head, int payloadBytes, int images)
    {
        if (head.Kind is not (Extras.Poster or Extras.Storyboard or Extras.ContactSheet) || !options.Extras.HasFlag(head.Kind))
            throw Misbehaved($"It sent an extra of kind {(int)head.Kind}, which was not asked for.");
        if (passed > 0 && head.Kind < last.Kind) throw Misbehaved("It sent the extras out of order.");
        var due = passed > 0 && head.Kind == last.Kind ? last.Ordinal + 1 : 0;
        if (head.Ordinal != due || (due > 0 && head.Kind != Extras.Storyboard)) throw Misbehaved($"It sent {head.Kind} {head.Ordinal} where {due} was due.");
        if (payloadBytes <= ExtraHeader.Bytes) throw Misbehaved("It sent an extra without a picture.");
        if (head.Width is < 1 or > Sizes.SideMax || head.Height is < 1 or > Sizes.SideMax) throw Misbehaved($"It sent an extra of {head.Width}x{head.Height}.");
        if (!IsPossible(head, images)) throw Misbehaved($"It sent an impossible {head.Kind}: {head}.");
        if (head.Kind == Extras.Storyboard) tiles += head.Tiles;
        made |= head.Kind;
        last = head;
        passed++;
    }

    /// <summary>Checks the picture that followed the head.</summary>
    public static void CheckPicture(in ExtraHeader head, ReadOnlySpan<byte> jpeg)
    {
        if (!ImageCheck.IsJpeg(jpeg, head.Width, head.Height)) throw Misbehaved($"{head.Kind} {head.Ordinal} is not a JPEG image of {head.Width}x{head.Height}.");
    }

    /// <summary>Checks, when everything has come, that nothing is missing.</summary>
    public void CheckEnd(int images)
    {
        if (made != options.Extras) throw Misbehaved($"It was asked for {options.Extras} and made {made}.");
        if (made.HasFlag(Extras.Storyboard) && tiles != (images + step - 1L) / step) throw Misbehaved($"It made a storyboard of {tiles} tiles of {images} images.");
    }

    private bool IsPossible(in ExtraHeader head, int images)
    {
        if (head.FirstImage < 0 || head.FirstImage >= images || head.Tiles < 1 || head.Columns < 1 || head.Columns > head.Tiles) return false;
        if (head.TileWidth is < 1 or > Sizes.SideMax || head.TileHeight is < 1 or > Sizes.SideMax) return false;
        return head.Kind switch
        {
            Extras.Storyboard => IsPossibleSprite(head, images),
            Extras.ContactSheet => head.Tiles <= Math.Min(images, Sizes.SheetColumns * Sizes.SheetRows),
            _ => head.Tiles == 1 && head.Width <= Sizes.PosterSideMax && head.Height <= Sizes.PosterSideMax,
        };
    }

    private bool IsPossibleSprite(in ExtraHeader head, int images)
    {
        if (head.Ordinal == 0) step = Math.Max(1, head.Step);
        else if ((head.TileWidth, head.TileHeight) != (last.TileWidth, last.TileHeight) || last.Tiles != Sizes.SpriteTilesMax) return false;
        var rows = (head.Tiles + head.Columns - 1) / head.Columns;
        return head.Tiles <= Sizes.SpriteTilesMax && tiles + head.Tiles <= Sizes.StoryboardTilesMax && head.Columns <= Sizes.SpriteSideTiles
            && head.Step == step && head.FirstImage == (long)tiles * step && head.FirstImage + (head.Tiles - 1L) * step < images
            && head.Width == head.Columns * head.TileWidth && head.Height == rows * head.TileHeight;
    }

    private static MediaException Misbehaved(string detail) => new(MediaFault.DecoderMisbehaved, detail);
}
