using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Spate.Cli.Running;

namespace Spate.Cli.Consuming;

/// <summary>Takes records, and writes those that are wanted until there are enough.</summary>
internal sealed class RecordSink(IRecordPrinter printer, Stream output, Regex? wanted, long countMax, ProgressLine progress)
{
    private const int BufferBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(BufferBytes);
    private long _count;

    /// <summary>How many were written.</summary>
    public long Count => Interlocked.Read(ref _count);

    public bool IsFull => Count >= countMax;

    public void Take(ReadRecord record)
    {
        if (wanted is not null && !IsMatch(record.Value) && !IsMatch(record.Key))
        {
            return;
        }

        printer.Print(record, _buffer);
        Interlocked.Increment(ref _count);
        if (_buffer.WrittenCount >= BufferBytes)
        {
            Flush();
        }
    }

    /// <summary>Hands on what was taken.</summary>
    /// <exception cref="IOException">Nobody reads it any more, or there is no room for it.</exception>
    public void Flush()
    {
        if (_buffer.WrittenCount > 0)
        {
            progress.Around(Write);
        }
    }

    private void Write()
    {
        output.Write(_buffer.WrittenSpan);
        output.Flush();
        _buffer.ResetWrittenCount();
    }

    private bool IsMatch(byte[]? part) => part is not null && wanted!.IsMatch(Encoding.UTF8.GetString(part));
}
