using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Spate.Cli.Running;

namespace Spate.Cli.Producing;

/// <summary>The files that records are read from, one after the other, or standard input when none is named.</summary>
internal sealed class InputFiles(IReadOnlyList<string> paths, Surroundings surroundings)
{
    private const string StandardInput = "standard input";

    /// <summary>Bytes of one line at most: nothing larger fits into a record that a broker takes.</summary>
    private const int LineBytesMax = 64 * 1024 * 1024;

    private long _bytesRead;

    /// <summary>The bytes that were read so far.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>The bytes that all inputs come to; null when one of them is no file.</summary>
    public long? BytesTotal()
    {
        var total = 0L;
        foreach (var path in paths.DefaultIfEmpty("-"))
        {
            if (path == "-" ? surroundings.InputLength is not { } length : !TryMeasure(path, out length))
            {
                return null;
            }

            total += length;
        }

        return total;
    }

    /// <summary>So many bytes more were read.</summary>
    public void Read(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    /// <summary>The inputs, each opened when it is asked for.</summary>
    /// <exception cref="CommandException">One cannot be read.</exception>
    public IEnumerable<(string Name, Stream Stream)> Open()
    {
        if (paths.Count == 0)
        {
            yield return (StandardInput, surroundings.Input);
        }

        foreach (var path in paths)
        {
            yield return path == "-" ? (StandardInput, surroundings.Input) : (path, OpenFile(path));
        }
    }

    /// <summary>All lines. The end of a line is a line feed, and a carriage return before it belongs to it.</summary>
    /// <exception cref="CommandException">An input cannot be read, or a line has no end.</exception>
    public async IAsyncEnumerable<InputLine> LinesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (name, stream) in Open())
        {
            var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
            var number = 0L;
            while (true)
            {
                // A read from a terminal cannot be called off, but it need not be waited for.
                var read = await reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(cancellation);
                var buffer = read.Buffer;
                var unread = buffer.Length;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    yield return new InputLine(name, ++number, LineOf(buffer.Slice(0, end)));
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                Read(unread - (read.IsCompleted ? 0 : buffer.Length));

                if (read.IsCompleted)
                {
                    if (buffer.Length > 0)
                    {
                        yield return new InputLine(name, ++number, LineOf(buffer));
                    }

                    break;
                }

                if (buffer.Length > LineBytesMax)
                {
                    throw new CommandException($"Line {number + 1} of {name} has more than {LineBytesMax} bytes, which is no record that a broker takes. Is this the right file?");
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }

            await reader.CompleteAsync();
        }
    }

    private static ReadOnlyMemory<byte> LineOf(ReadOnlySequence<byte> bytes)
    {
        var line = bytes.IsSingleSegment ? bytes.First : bytes.ToArray();
        return line.Length > 0 && line.Span[^1] == (byte)'\r' ? line[..^1] : line;
    }

    private static bool TryMeasure(string path, out long length)
    {
        var file = new FileInfo(path);
        length = file is { Exists: true } && !file.Attributes.HasFlag(FileAttributes.Device) ? file.Length : 0;
        return length > 0;
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"'{path}' cannot be read: {failure.Message}");
        }
    }
}
