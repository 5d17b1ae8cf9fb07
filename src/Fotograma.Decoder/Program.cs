using Fotograma.Media.Decoding;
using Microsoft.Win32.SafeHandles;

// The console's own streams would make copies of the descriptors, and threads and handlers for signals.
using var inputHandle = new SafeFileHandle(0, ownsHandle: false);
using var outputHandle = new SafeFileHandle(1, ownsHandle: false);
using var errorHandle = new SafeFileHandle(2, ownsHandle: false);
await using var input = new FileStream(inputHandle, FileAccess.Read, bufferSize: 0);
await using var output = new FileStream(outputHandle, FileAccess.Write, bufferSize: 0);
await using var errors = new FileStream(errorHandle, FileAccess.Write, bufferSize: 0);
return await DecoderMain.RunAsync(args, input, output, errors, TimeProvider.System, CancellationToken.None);
