using System.Buffers;

namespace Spate.Cli.Consuming;

/// <summary>Writes records in one of the forms of output.</summary>
internal interface IRecordPrinter
{
    void Print(ReadRecord record, IBufferWriter<byte> output);
}
