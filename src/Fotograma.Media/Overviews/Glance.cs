namespace Fotograma.Media.Overviews;

/// <summary>What is kept of a picture after its image is made.</summary>
/// <param name="Hash">Its perceptual hash.</param>
/// <param name="PosterScore">How well it stands for the video; 0 where no poster is wanted.</param>
/// <param name="Poster">The picture as a poster, where it may become that.</param>
/// <param name="Tile">The picture as a tile of the storyboard, where one is wanted.</param>
/// <param name="SheetTile">The picture as a tile of the contact sheet, likewise.</param>
internal readonly record struct Glance(ulong Hash, int PosterScore, SmallPicture? Poster, SmallPicture? Tile, SmallPicture? SheetTile);
