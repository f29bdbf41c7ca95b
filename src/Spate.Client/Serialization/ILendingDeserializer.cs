namespace Spate.Client.Serialization;

/// <summary>Reads values that are made of the received bytes themselves, which are good until the enumeration goes on. One instance serves all threads.</summary>
/// <typeparam name="T">What is read.</typeparam>
internal interface ILendingDeserializer<out T>
{
    /// <summary>Makes a value of all the bytes.</summary>
    T Lend(ReadOnlyMemory<byte> bytes);
}
