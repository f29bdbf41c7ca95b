using BenchmarkDotNet.Attributes;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Benchmarks;

/// <summary>
/// A message written into a writer that is used again, and read from bytes. Records are neither copied nor looked at: the writer refers
/// to them, and what is read is a slice of the input.
/// </summary>
/// <typeparam name="TMessage">The message's class.</typeparam>
[MemoryDiagnoser]
public abstract class MessageBenchmarks<TMessage> : IDisposable
    where TMessage : class, IMessage, new()
{
    private readonly MessageWriter _writer = new();
    private readonly TMessage _message;
    private readonly short _version;
    private readonly byte[] _encoded;

    private protected MessageBenchmarks(TMessage message, short version)
    {
        _message = message;
        _version = version;
        Encode();
        _encoded = _writer.ToArray();
    }

    /// <returns>Bytes of the message, records included.</returns>
    [Benchmark]
    public int Encode()
    {
        _writer.Reset();
        _message.Write(_writer, _version);
        return _writer.Length;
    }

    [Benchmark]
    public TMessage Decode()
    {
        var message = new TMessage();
        var reader = new MessageReader(_encoded);
        message.Read(ref reader, _version);
        reader.EnsureEnd();
        return message;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _writer.Dispose();
        GC.SuppressFinalize(this);
    }
}
