//! The service's error codes and texts.

/// An error of the service, before it gets its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Six digits: the HTTP status and a serial number.
    pub(crate) code: u32,
    pub(crate) message: String,
}

impl Failure {
    /// The error with the service's own text.
    pub(crate) fn new(code: u32) -> Self {
        Failure { code, message: text(code).to_owned() }
    }

    /// The error with a text that names particulars.
    pub(crate) fn with(code: u32, message: impl Into<String>) -> Self {
        Failure { code, message: message.into() }
    }

    /// The HTTP status is the front of the code.
    pub(crate) fn status(&self) -> u16 {
        u16::try_from(self.code / 1000).ok().filter(|status| (400..600).contains(status)).unwrap_or(500)
    }
}

/// The text of a code; the class's own for codes that are not listed.
fn text(code: u32) -> &'static str {
    match code {
        400_000 => "Generic Error",
        400_004 => "The query params are not valid",
        400_020 => "Header is not valid",
        400_021 => "Payload is not valid",
        400_022 => "Payload validation has failed",
        400_025 => "Payload is missing or empty",
        400_027 => "Offset should be a positive integer",
        400_028 => "Limit should be a positive integer less than 10000",
        400_029 => "Rescan is not available for sanitized files",
        400_030 => "Rescan is not available",
        400_033 => "Page should be a positive integer",
        400_043 => "The requested path does not exist",
        400_044 => "Method does not exist",
        400_046 => "The requested route does not exist",
        400_048 => "This route is deactivated",
        400_060 => "The `hash` field in body is required",
        400_061 => "The `hash` field is not an array",
        400_062 => "The `hash` field is empty",
        400_063 | 400_153 | 400_184 => "Exceeded maximum allowed",
        400_064 => "The hash value is not valid",
        400_065 => "The header `includescandetails` has to be either 0 or 1",
        400_141 => "The header `scanWith` has to be either mdcore or mdaas.",
        400_142 => "The header `samplesharing` has to be either 0, 1 or 2.",
        400_143 => "Private scanning not enabled for the provided API key.",
        400_145 => "Request body is empty. Please send a binary file.",
        400_147 => "Rescan Failed. Requested file is missing from our servers.",
        400_148 => "Requested file is a private one and cannot be rescanned.",
        400_150 => "The `file_ids` field array in body is required",
        400_151 => "The `file_ids` field is not an array",
        400_152 => "The `file_ids` field is empty",
        400_155 => "Redirect urls are not supported",
        400_157 => "The apikey is not authorized to perform public scans.",
        400_158 => "The header `privateprocessing` has to be either 0, 1",
        400_159 => "Cannot schedule rescans when private scanning is enabled.",
        400_180 => "Invalid format of input. Provide IPv4 or IPv6",
        400_181 => "The `address` field in body is required",
        400_182 => "The `address` field is not an array",
        400_183 => "The `address` field is empty",
        400_185 => "The address is a not routable IP",
        400_240 => "Invalid `source` value",
        400_241 => "Invalid repository",
        400_260 => "You are allowed to query up to 30 days in the past",
        400_261 => "Invalid category (allowed A, D, E, G, M, N, O, P, T, Z)",
        401_000 => "Authentication has failed",
        401_001 => "Authentication strategy is invalid",
        401_003 => "Authorization strategy is not supported for this endpoint",
        401_006 => "Invalid API key",
        401_007 => "You are not authorized",
        403_001 => "Requested resource doesn't match your API key",
        403_002 => "Your ip is blocked because of abuse",
        403_003 => "Insufficient privileges",
        404_000 => "Endpoint not found",
        404_001 => "Entity was not found",
        404_002 => "There are no entries found",
        404_003 => "The hash was not found",
        404_004 => "The data_id was not found",
        404_005 => "The hash information was not found",
        404_006 => "There is no data for selected date",
        404_007 => "Requested file id does not exist in our records",
        404_008 => "The apikey was not found",
        404_009 => "Requested CVE does not exist in our records",
        404_011 => "This hash was scanned as a private file and we do not store the file",
        404_012 => "File was archived",
        404_013 => "This API version is no longer maintained. Please use V4.",
        404_014 => "The sanitized version of this file does not exist in our records",
        404_018 => "The engine was not found",
        406_000 => "Content-Type header & payload has to be json",
        406_001 => "Payload data missing or error",
        408_000 => "Request timeout. It has reached the 60 seconds limit",
        411_000 => "Content-Length is missing",
        429_000 => "Rate limit exceeded, retry after the limit is reset.",
        429_001 => "Your request has been throttled",
        429_002 => "Too many connections, try again later",
        500_000 => "Scan request has failed permanently.",
        500_001 => "Internal Server Error",
        503_000 | 503_001 => "External service is not reachable",
        503_002 => "Server is not accessible",
        _ => match code / 1000 {
            400 => "Generic Error",
            401 => "Authentication has failed",
            403 => "Access Forbidden",
            404 => "Entity was not found",
            406 => "Content-Type header & payload has to be json",
            429 => "Too many requests",
            503 => "External service is not reachable",
            _ => "Internal Server Error",
        },
    }
}
