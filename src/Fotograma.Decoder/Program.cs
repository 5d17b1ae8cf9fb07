using Fotograma.Media.Decoding;

await using var input = Console.OpenStandardInput();
await using var output = Console.OpenStandardOutput();
await using var errors = Console.OpenStandardError();
return await DecoderMain.RunAsync(input, output, errors, TimeProvider.System, CancellationToken.None);
