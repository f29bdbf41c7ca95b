namespace Spate.Broker.Network;

/// <summary>Record bytes could not be read after their frame was begun; its connection cannot go on.</summary>
internal sealed class RecordSourceException : Exception
{
    public RecordSourceException(string message)
        : base(message)
    {
    }

    public RecordSourceException(Exception cause)
        : base(cause.Message, cause)
    {
    }
}
