using System.Buffers;
using System.Text;
using Spate.Cli.Records;

namespace Spate.Cli.Consuming;

/// <summary>The value alone, a line for each.</summary>
internal sealed class ValuePrinter(PartFormat format, string nothing) : IRecordPrinter
{
    private readonly byte[] _nothing = Encoding.UTF8.GetBytes(nothing);

    public void Print(ReadRecord record, IBufferWriter<byte> output)
    {
        if (record.Value is { } value)
        {
            PartCodec.Encode(value, format, output);
        }
        else
        {
            output.Write(_nothing);
        }

        output.Write("\n"u8);
    }
}
