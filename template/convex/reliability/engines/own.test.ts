import { behavesLikeAnEngine } from "./test.contract";

behavesLikeAnEngine("own");
